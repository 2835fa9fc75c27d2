// The pages of one's own account, and those of the administration.
import { computed } from 'vue';
import { KeyRound, MailPlus, SlidersHorizontal, UserRound, Users } from '@lucide/vue';
import { t } from '@/i18n';

export const accountPages = computed(() => [
  { key: 'profile', label: t('account.profile'), icon: UserRound, to: { name: 'profile' } },
  { key: 'tokens', label: t('account.tokens'), icon: KeyRound, to: { name: 'tokens' } },
]);

export const adminPages = computed(() => [
  { key: 'users', label: t('admin.users'), icon: Users, to: { name: 'admin-users' } },
  {
    key: 'invitations',
    label: t('admin.invitations'),
    icon: MailPlus,
    to: { name: 'admin-invitations' },
  },
  {
    key: 'settings',
    label: t('admin.settings'),
    icon: SlidersHorizontal,
    to: { name: 'admin-settings' },
  },
]);

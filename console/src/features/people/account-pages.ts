// The pages of one's own account, and those of the administration.
import { computed } from 'vue';
import {
  Container,
  KeyRound,
  Layers,
  ListOrdered,
  MailPlus,
  Server,
  SlidersHorizontal,
  UserRound,
  Users,
} from '@lucide/vue';
import { t } from '@/i18n';

export const accountPages = computed(() => [
  { key: 'profile', label: t('account.profile'), icon: UserRound, to: { name: 'profile' } },
  { key: 'tokens', label: t('account.tokens'), icon: KeyRound, to: { name: 'tokens' } },
]);

export const adminPages = computed(() => [
  { key: 'users', label: t('admin.users'), icon: Users, to: { name: 'admin-users' } },
  { key: 'machine', label: t('admin.machine'), icon: Server, to: { name: 'admin-machine' } },
  { key: 'specs', label: t('admin.specs'), icon: Layers, to: { name: 'admin-specs' } },
  { key: 'images', label: t('admin.images'), icon: Container, to: { name: 'admin-images' } },
  { key: 'queue', label: t('admin.queue'), icon: ListOrdered, to: { name: 'admin-queue' } },
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

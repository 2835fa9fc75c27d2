// The pages of a project's settings.
import { computed } from 'vue';
import { Settings, Users } from '@lucide/vue';
import type { Project } from '@/api/types';
import { t } from '@/i18n';

export function useProjectSettings(
  place: { owner: string; project: string },
  about: () => Project | undefined,
) {
  return computed(() => [
    ...(about()?.role === 'owner'
      ? [
          {
            key: 'general',
            label: t('settings.general'),
            icon: Settings,
            to: { name: 'project-general', params: { ...place } },
          },
        ]
      : []),
    {
      key: 'members',
      label: t('settings.members'),
      icon: Users,
      to: { name: 'project-members', params: { ...place } },
    },
  ]);
}

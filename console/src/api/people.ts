// Accounts: one's own, and, for an administrator, everybody's.
import { infiniteQueryOptions, queryOptions } from '@tanstack/vue-query';
import { computed, toValue, type MaybeRefOrGetter } from 'vue';
import { api, body } from './client';
import type { components } from './schema';
import type { AdminUser, Settings, UserChange } from './types';

type Schemas = components['schemas'];
type Value<T> = MaybeRefOrGetter<T>;

const PAGE = 50;

export const peopleKeys = {
  platform: ['platform'] as const,
  tokens: ['tokens'] as const,
  users: ['users'] as const,
  invitations: ['invitations'] as const,
  settings: ['settings'] as const,
};

export const platformQuery = queryOptions({
  queryKey: peopleKeys.platform,
  queryFn: () => body(api.GET('/api/v2/platform')),
  staleTime: 60_000,
});

export function signUp(account: Schemas['SignUpBody']) {
  return body(api.POST('/api/v2/sign-up', { body: account }));
}

export function changeEmail(email: string) {
  return body(api.PATCH('/api/v2/me', { body: { email } }));
}

export function changePassword(current: string, next: string) {
  return body(api.PUT('/api/v2/me/password', { body: { current, new: next } }));
}

export const myQuotaQuery = queryOptions({
  queryKey: ['my-quota'],
  queryFn: () => body(api.GET('/api/v2/me/quota')),
});

export const tokensQuery = queryOptions({
  queryKey: peopleKeys.tokens,
  queryFn: async () => (await body(api.GET('/api/v2/tokens'))).items,
});

export function createToken(token: Schemas['TokenBody']) {
  return body(api.POST('/api/v2/tokens', { body: token }));
}

export function deleteToken(id: number) {
  return body(api.DELETE('/api/v2/tokens/{id}', { params: { path: { id: String(id) } } }));
}

export function usersQuery(search: Value<string>) {
  return infiniteQueryOptions({
    queryKey: computed(() => [...peopleKeys.users, toValue(search)]),
    queryFn: ({ pageParam }) => {
      const query = {
        limit: String(PAGE),
        ...(toValue(search) === '' ? {} : { search: toValue(search) }),
        ...(pageParam === undefined ? {} : { after: pageParam }),
      };
      return body(api.GET('/api/v2/users', { params: { query } }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export function createUser(user: Schemas['NewUserBody']): Promise<AdminUser> {
  return body(api.POST('/api/v2/users', { body: user }));
}

export function changeUser(user: string, change: UserChange): Promise<AdminUser> {
  return body(api.PATCH('/api/v2/users/{user}', { params: { path: { user } }, body: change }));
}

export const invitationsQuery = queryOptions({
  queryKey: peopleKeys.invitations,
  queryFn: async () => (await body(api.GET('/api/v2/invitations'))).items,
});

export function createInvitation(invitation: Schemas['InvitationBody']) {
  return body(api.POST('/api/v2/invitations', { body: invitation }));
}

export function deleteInvitation(id: number) {
  return body(api.DELETE('/api/v2/invitations/{id}', { params: { path: { id: String(id) } } }));
}

export const settingsQuery = queryOptions({
  queryKey: peopleKeys.settings,
  queryFn: () => body(api.GET('/api/v2/settings')),
});

export function changeSettings(change: Schemas['SettingsBody']): Promise<Settings> {
  return body(api.PATCH('/api/v2/settings', { body: change }));
}

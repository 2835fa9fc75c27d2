// Every address of the console. /api, /git and /assets belong to the server.
import type { QueryClient } from '@tanstack/vue-query';
import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type RouteRecordRaw,
  type Router,
} from 'vue-router';
import { meQuery } from '@/api/queries';
import { needWords, withWords } from '@/i18n';
import { pathOf } from '@/lib/code/code-links';
import AppShell from '@/pages/AppShell.vue';

declare module 'vue-router' {
  interface RouteMeta {
    /** may be seen without signing in */
    open?: boolean;
    /** the project tab that the page belongs to */
    tab?: string;
    /** reads the repository, so it is shown once there is one */
    code?: boolean;
    /** the page of settings that is open */
    section?: string;
  }
}

const atPath = (route: RouteLocationNormalized) => ({
  ...route.params,
  path: pathOf(route.params.path),
});
const code = { tab: 'code', code: true };

/** The pages of a project's code: at a branch or commit, and at a path in it. */
const codeRoutes: RouteRecordRaw[] = [
  {
    path: '',
    name: 'project',
    component: () => import('@/pages/code/TreePage.vue'),
    props: true,
    meta: code,
  },
  {
    path: 'tree/:at/:path(.*)*',
    name: 'tree',
    component: () => import('@/pages/code/TreePage.vue'),
    props: atPath,
    meta: code,
  },
  {
    path: 'blob/:at/:path(.*)+',
    name: 'blob',
    component: () => import('@/pages/code/FilePage.vue'),
    props: atPath,
    meta: code,
  },
  {
    path: 'commits/:at/:path(.*)*',
    name: 'commits',
    component: () => import('@/pages/code/HistoryPage.vue'),
    props: atPath,
    meta: code,
  },
  {
    path: 'commit/:id([0-9a-f]{7,40})',
    name: 'commit',
    component: () => import('@/pages/code/CommitPage.vue'),
    props: true,
    meta: code,
  },
  {
    path: 'branches',
    name: 'branches',
    component: () => import('@/pages/code/BranchesPage.vue'),
    props: true,
    meta: code,
  },
  {
    path: 'edit/:at/:path(.*)+',
    name: 'edit',
    component: () => import('@/pages/code/EditPage.vue'),
    props: atPath,
    meta: code,
  },
  {
    path: 'new/:at/:path(.*)*',
    name: 'new-file',
    component: () => import('@/pages/code/EditPage.vue'),
    props: (route) => ({ ...atPath(route), fresh: true }),
    meta: code,
  },
  {
    path: 'upload/:at/:path(.*)*',
    name: 'upload',
    component: () => import('@/pages/code/UploadPage.vue'),
    props: atPath,
    meta: code,
  },
];

const projectSettings: RouteRecordRaw[] = [
  {
    path: 'settings',
    redirect: (to) => ({ name: 'project-general', params: to.params }),
  },
  {
    path: 'settings/general',
    name: 'project-general',
    component: () => import('@/pages/project-settings/GeneralPage.vue'),
    props: true,
    meta: { tab: 'settings', section: 'general' },
  },
  {
    path: 'settings/members',
    name: 'project-members',
    component: () => import('@/pages/project-settings/MembersPage.vue'),
    props: true,
    meta: { tab: 'settings', section: 'members' },
  },
];

const wordy =
  (...parts: Parameters<typeof needWords>) =>
  (load: () => Promise<unknown>) =>
    withWords(load, ...parts) as () => Promise<never>;
const things = wordy('things');
const machine = wordy('machine');
const images = wordy('images');
const data = { tab: 'datasets' };
const models = { tab: 'models' };

/** Data sets and models of a project. */
const thingRoutes: RouteRecordRaw[] = [
  {
    path: 'datasets',
    name: 'datasets',
    component: things(() => import('@/pages/datasets/DatasetsPage.vue')),
    props: true,
    meta: data,
  },
  {
    path: 'datasets/:dataset',
    name: 'dataset',
    component: things(() => import('@/pages/datasets/DatasetPage.vue')),
    props: true,
    meta: data,
  },
  {
    path: 'datasets/:dataset/files/:file/:path(.*)*',
    name: 'dataset-file',
    component: things(() => import('@/pages/datasets/DatasetFilePage.vue')),
    props: atPath,
    meta: data,
  },
  {
    path: 'models',
    name: 'models',
    component: things(() => import('@/pages/models/ModelsPage.vue')),
    props: true,
    meta: models,
  },
  {
    path: 'models/:model/:version(V\\d+)?',
    name: 'model',
    component: things(() => import('@/pages/models/ModelPage.vue')),
    props: true,
    meta: models,
  },
];

const TABS = 'overview|log|config|results|events';

const project: RouteRecordRaw = {
  path: ':owner/:project',
  component: () => import('@/pages/ProjectShell.vue'),
  props: true,
  children: [
    ...codeRoutes,
    ...projectSettings,
    ...thingRoutes,
    {
      path: 'images',
      name: 'images',
      component: images(() => import('@/pages/images/ImagesPage.vue')),
      props: true,
      meta: { tab: 'images' },
    },
    {
      path: 'cloudbrain',
      redirect: (to) => ({ name: 'tasks', params: { ...to.params, kind: 'train' } }),
    },
    {
      path: 'cloudbrain/:kind(train|infer)',
      name: 'tasks',
      component: () => import('@/pages/cloudbrain/TaskListPage.vue'),
      props: true,
      meta: { tab: 'cloudbrain' },
    },
    {
      path: 'cloudbrain/:kind(train|infer)/new',
      name: 'task-new',
      component: wordy('create')(() => import('@/pages/cloudbrain/TaskCreatePage.vue')),
      props: true,
      meta: { tab: 'cloudbrain' },
    },
    {
      path: `cloudbrain/:kind(train|infer)/:id(\\d+)/:tab(${TABS})?`,
      name: 'task',
      component: () => import('@/pages/cloudbrain/TaskPage.vue'),
      props: (route) => ({ ...route.params, id: Number(route.params.id) }),
      meta: { tab: 'cloudbrain' },
    },
  ],
};

const account: RouteRecordRaw[] = [
  { path: 'settings', redirect: { name: 'profile' } },
  {
    path: 'settings/profile',
    name: 'profile',
    component: () => import('@/pages/account/ProfilePage.vue'),
    meta: { section: 'profile' },
  },
  {
    path: 'settings/tokens',
    name: 'tokens',
    component: () => import('@/pages/account/TokensPage.vue'),
    meta: { section: 'tokens' },
  },
];

const administration: RouteRecordRaw[] = [
  { path: 'admin', redirect: { name: 'admin-users' } },
  {
    path: 'admin/machine',
    name: 'admin-machine',
    component: machine(() => import('@/pages/admin/MachinePage.vue')),
    meta: { section: 'machine' },
  },
  {
    path: 'admin/specs',
    name: 'admin-specs',
    component: machine(() => import('@/pages/admin/SpecsPage.vue')),
    meta: { section: 'specs' },
  },
  {
    path: 'admin/images',
    name: 'admin-images',
    component: images(() => import('@/pages/admin/ImagesPage.vue')),
    meta: { section: 'images' },
  },
  {
    path: 'admin/queue',
    name: 'admin-queue',
    component: machine(() => import('@/pages/admin/QueuePage.vue')),
    meta: { section: 'queue' },
  },
  {
    path: 'admin/users',
    name: 'admin-users',
    component: () => import('@/pages/admin/UsersPage.vue'),
    meta: { section: 'users' },
  },
  {
    path: 'admin/invitations',
    name: 'admin-invitations',
    component: () => import('@/pages/admin/InvitationsPage.vue'),
    meta: { section: 'invitations' },
  },
  {
    path: 'admin/settings',
    name: 'admin-settings',
    component: () => import('@/pages/admin/SettingsPage.vue'),
    meta: { section: 'settings' },
  },
];

const routes: RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'login',
    component: () => import('@/pages/LoginPage.vue'),
    meta: { open: true },
  },
  {
    path: '/sign-up',
    name: 'sign-up',
    component: () => import('@/pages/SignUpPage.vue'),
    meta: { open: true },
  },
  ...(__STORIES__
    ? [{ path: '/dev/ui', component: () => import('@/pages/StoryPage.vue'), meta: { open: true } }]
    : []),
  {
    path: '/',
    component: AppShell,
    children: [
      { path: '', name: 'home', component: () => import('@/pages/HomePage.vue') },
      {
        path: 'explore/projects',
        name: 'projects',
        component: () => import('@/pages/projects/ProjectsPage.vue'),
      },
      {
        path: 'explore/datasets',
        name: 'public-datasets',
        component: things(() => import('@/pages/explore/PublicDatasetsPage.vue')),
      },
      {
        path: 'explore/models',
        name: 'public-models',
        component: things(() => import('@/pages/explore/PublicModelsPage.vue')),
      },
      {
        path: 'new',
        name: 'new-project',
        component: () => import('@/pages/projects/NewProjectPage.vue'),
      },
      ...account,
      ...administration,
      project,
      {
        path: ':rest(.*)*',
        name: 'not-found',
        component: () => import('@/pages/NotFoundPage.vue'),
      },
    ],
  },
];

export function makeRouter(client: QueryClient): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior: (to, from, saved) => {
      if (saved !== null) return saved;
      // Tabs and log lines change the address in place.
      return to.name === from.name ? false : { top: 0 };
    },
  });
  router.beforeEach(async (to) => {
    if (to.meta.open === true) return true;
    const known = await client.ensureQueryData(meQuery).then(
      () => true,
      // Without an answer the page itself shows what is wrong; only a refusal leads to the sign-in.
      (error: { status?: number }) => error.status !== 401,
    );
    return known || { name: 'login', query: to.fullPath === '/' ? {} : { next: to.fullPath } };
  });
  return router;
}

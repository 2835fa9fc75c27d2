// Every address of the console. /api, /git and /assets belong to the server.
import type { QueryClient } from '@tanstack/vue-query';
import { createRouter, createWebHistory, type RouteRecordRaw, type Router } from 'vue-router';
import { meQuery } from '@/api/queries';
import AppShell from '@/pages/AppShell.vue';

declare module 'vue-router' {
  interface RouteMeta {
    /** may be seen without signing in */
    open?: boolean;
    /** the project tab that the page belongs to */
    tab?: string;
  }
}

const TABS = 'overview|log|config|results|events';

const project: RouteRecordRaw = {
  path: ':owner/:project',
  component: () => import('@/pages/ProjectShell.vue'),
  props: true,
  children: [
    {
      path: '',
      name: 'project',
      component: () => import('@/pages/ProjectPage.vue'),
      props: true,
      meta: { tab: 'code' },
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
      component: () => import('@/pages/cloudbrain/TaskCreatePage.vue'),
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

const routes: RouteRecordRaw[] = [
  {
    path: '/login',
    name: 'login',
    component: () => import('@/pages/LoginPage.vue'),
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

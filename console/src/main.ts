import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query';
import { createApp } from 'vue';
import '@/styles/tokens.css';
import '@/styles/base.css';
import { whenSignedOut } from '@/api/client';
import { ApiError } from '@/api/errors';
import { preferredLanguage, setLanguage } from '@/i18n';
import { startTheme } from '@/lib/theme';
import App from './app.vue';
import { makeRouter } from './router';

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 2000,
      // An answer, even a refusal, will not change by asking again at once; a lost connection may.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

const router = makeRouter(client);
whenSignedOut(() => {
  const here = router.currentRoute.value;
  if (here.meta.open === true || here.matched.length === 0) return;
  client.clear();
  void router.push({ name: 'login', query: { next: here.fullPath } });
});

startTheme();
await setLanguage(preferredLanguage());
createApp(App).use(VueQueryPlugin, { queryClient: client }).use(router).mount('#app');

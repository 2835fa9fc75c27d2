import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import { defineConfig, type Plugin } from 'vite';
import { pack } from './build/pack';
import { sizeGate } from './build/size-gate';

// Where `npm run dev` finds a server.
const server = process.env.CLOUDBRAIN_SERVER ?? 'http://127.0.0.1:8080';

/** `npm run dev:mock`: the test fixture's server instead of a real one. */
function mockApi(): Plugin {
  return {
    name: 'mock-api',
    async configureServer(vite) {
      const { createMock } = await import('./tests/fixtures/mock-server');
      const mock = createMock();
      mock.world.animate();
      vite.middlewares.use((request, response, next) => {
        if (!mock.handleApi(request, response)) next();
      });
    },
  };
}

export default defineConfig(({ mode }) => ({
  plugins: [
    vue(),
    mode === 'mock' ? mockApi() : [],
    sizeGate({ pageJsKb: 120, totalJsKb: 320 }),
    pack(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
    // The story page is for those who work on the console; the shipped build has none.
    __STORIES__: JSON.stringify(mode !== 'production'),
  },
  server: mode === 'mock' ? {} : { proxy: { '/api': server } },
  preview: { proxy: { '/api': server } },
  build: {
    target: 'es2022',
    // Inlined fonts would break the page's policy, which allows data: for images only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // A few files instead of fifty: libraries, which change seldom, and what most pages share.
        codeSplitting: {
          groups: [
            {
              name: 'libraries',
              // What one page or part alone needs travels with it: menus, Markdown, uploads.
              test: /node_modules\/(?!@lucide|@floating-ui|reka-ui\/dist\/(?:Collection|DropdownMenu|Menu|Popper|RovingFocus)|marked|dompurify|tus-js-client|js-base64|url-parse|requires-port|querystringify|lodash\.throttle)/,
            },
            {
              name: 'shared',
              // The logic of one page alone stays with it: log, Markdown, notebooks, diffs.
              test: /src\/(ui\/(?!Drop|dialog\/FormDialog|MenuWindow|ReadyTag|RowsCard|VisibilityTag|NoteBox|Section|Settings|SideNav|form\/(?:Check|FileDrop|Radio|Select))|api\/(?!code|datasets|images|machine|models|people|projects|submit|uploads)|lib\/(?!log\/|form-|query-rows|spec-form|word-list|thing-links|file-kind|code\/(?:markdown|notebook|unified))|i18n\/(?!en|late)|features\/(shell|tasks\/(?!Cli|TaskTutorial)))/,
            },
            // What pages with forms share: code, settings, accounts.
            {
              name: 'forms',
              test: /src\/(ui\/(Drop|NoteBox|Section|Settings|SideNav|form\/(Check|FileDrop|Radio|Select))|api\/(code|people|projects))/,
            },
          ],
        },
      },
    },
  },
}));

/// <reference types="vite/client" />

declare const __STORIES__: boolean;

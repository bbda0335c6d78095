import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  base: './',
  plugins: [svelte()],
  build: {
    target: 'es2022',
    // The content security policy allows no data: scripts or styles, and the polyfill would be one more request.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { proxy: { '/api': process.env.BARTIZAN_URL ?? 'http://127.0.0.1:8420' } },
});

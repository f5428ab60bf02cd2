// Builds the page from src/ui into dist/page: static files that satisfy the strict content security policy.
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'src/ui',
  base: './',
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    target: 'es2022',
    // No data: URLs in place of files and no inlined preload helper: everything the page runs comes from 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
  },
})

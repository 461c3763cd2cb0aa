import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import { antdStyles } from './scripts/antd-styles.ts'

const here = import.meta.dirname

/**
 * Everything is bundled, dependencies too, so that the packaged program is `out/` and nothing else.
 * The command line and the worker threads are further entries beside the desktop's main process.
 */
export default defineConfig({
  main: {
    build: {
      externalizeDeps: false,
      outDir: 'out/main',
      rolldownOptions: {
        input: {
          desktop: resolve(here, 'electron/desktop/main.ts'),
          cli: resolve(here, 'electron/cli/main.ts'),
          'data-plane-worker': resolve(here, 'electron/engine/transport/data-plane-worker.ts'),
          'verify-worker': resolve(here, 'electron/engine/verify/verify-worker.ts'),
        },
        // CommonJS starts faster: importing `node:http` as a module runs its lazy getters, which load all of undici.
        output: {
          format: 'cjs',
          dynamicImportInCjs: false,
          entryFileNames: '[name].cjs',
          chunkFileNames: 'chunks/[name]-[hash].cjs',
        },
      },
    },
    plugins: [copyEntry()],
  },
  preload: {
    build: {
      externalizeDeps: false,
      outDir: 'out/preload',
      rolldownOptions: {
        input: { preload: resolve(here, 'electron/desktop/preload.ts') },
        // A sandboxed preload script must be CommonJS.
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: resolve(here, 'renderer'),
    build: {
      outDir: resolve(here, 'out/renderer'),
      // electron-vite leaves this off: half the bytes to read and compile before the form is there.
      minify: true,
      // The UI library and React; read from this machine, never over a network.
      chunkSizeWarningLimit: 1000,
      rolldownOptions: {
        input: resolve(here, 'renderer/index.html'),
        output: {
          codeSplitting: {
            // The first sight of the window in a few files: the browser compiles them beside each other, and index.html
            // runs each as soon as it is there, so that the first questions are out before React and antd are read.
            groups: [
              { name: 'first-questions', test: /first-questions\.ts$/, tags: ['$initial'], priority: 3 },
              {
                name: 'react',
                test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/,
                tags: ['$initial'],
                priority: 2,
              },
              { name: 'antd', test: /node_modules/, tags: ['$initial'], priority: 1 },
              { name: 'window', tags: ['$initial'] },
            ],
          },
        },
      },
    },
    plugins: [react(), antdStyles()],
  },
})

/** The one file of the main process that stays an ES module. */
function copyEntry(): Plugin {
  return {
    name: 'copy-entry',
    generateBundle() {
      const source = readFileSync(resolve(here, 'electron/desktop/entry.mjs'))
      this.emitFile({ type: 'asset', fileName: 'entry.mjs', source })
    },
  }
}

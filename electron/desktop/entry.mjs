/**
 * What Electron loads first. An ES module, because Electron waits for the whole of one before it goes on: a command ends
 * before a display is looked for and before Chromium takes the signals for itself, which would make Ctrl-C a quit with
 * exit code 0. The build copies this file as it is; everything else of the program is CommonJS (ADR 6).
 */
import { createRequire } from 'node:module'

await createRequire(import.meta.url)('./desktop.cjs').commandLine

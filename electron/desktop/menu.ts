/** The smallest menu that keeps the usual shortcuts. Developer tools are in it only in development. */
import type { MenuItemConstructorOptions } from 'electron'
import type { NativeWords } from './native-words.ts'

/** Roles bring their own words on macOS; elsewhere the labels are ours. */
export function menuTemplate(
  words: NativeWords['menu'],
  { isMac, isDevelopment }: { isMac: boolean; isDevelopment: boolean },
): MenuItemConstructorOptions[] {
  const developer: MenuItemConstructorOptions[] = isDevelopment
    ? [{ type: 'separator' }, { role: 'reload' }, { role: 'toggleDevTools' }]
    : []
  return [
    isMac ? { role: 'appMenu' } : { label: words.file, submenu: [{ role: 'quit', label: words.quit }] },
    { role: 'editMenu', label: words.edit },
    {
      label: words.view,
      submenu: [
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { type: 'separator' },
        { role: 'togglefullscreen' },
        ...developer,
      ],
    },
    { role: 'windowMenu', label: words.window },
  ]
}

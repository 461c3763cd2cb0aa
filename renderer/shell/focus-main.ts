/** When the focused element was removed with its page, moves the focus into the new page instead of the top. */
export function focusMainIfLost(): void {
  if (document.activeElement === document.body) focusMain()
}

/** After a confirmation whose answer removes the button that opened it: the focus is still in the closing dialog. */
export function focusMainAfterDialog(): void {
  if (document.activeElement?.closest('[role="dialog"]')) focusMain()
  else focusMainIfLost()
}

const focusMain = () => document.getElementById('lh-main')?.focus()

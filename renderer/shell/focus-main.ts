/** Where what had the focus has gone with its page: the keyboard goes on in the new one, not at the top. */
export function focusMainIfLost(): void {
  if (document.activeElement === document.body) focusMain()
}

/** After a question whose answer took away the button that had asked it: the focus is still in what is about to go. */
export function focusMainAfterDialog(): void {
  if (document.activeElement?.closest('[role="dialog"]')) focusMain()
  else focusMainIfLost()
}

const focusMain = () => document.getElementById('lh-main')?.focus()

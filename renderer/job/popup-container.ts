/** Popovers and menus belong to the page, not behind it: screen readers then find them within the main landmark. */
export const popupContainer = (trigger: HTMLElement): HTMLElement =>
  trigger.closest<HTMLElement>('.lh-job') ?? document.body

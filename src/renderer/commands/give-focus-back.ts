/**
 * After a press with the mouse on a control, the keys belong to the clip again: arrows step, Space plays. Whoever uses
 * the keyboard keeps the focus, and so do text fields, menus and dialogs.
 */
import { takesText } from './key-dispatcher.ts';

const keepsFocus = (element: HTMLElement): boolean =>
  takesText(element) ||
  element.closest('dialog, [role=menu], [role=menubar], [role=dialog], [popover]') !== null ||
  element.getAttribute('aria-expanded') === 'true';

/** Whether a press was on this control or its label; a control that was given the focus by the press keeps it. */
const isOf = (target: EventTarget | null, control: HTMLElement): boolean =>
  target instanceof Element && (control.contains(target) || target.closest('label')?.control === control);

/** @returns ends it */
export const giveFocusBack = (): (() => void) => {
  const giveBack = (target: EventTarget | null): void => {
    const { activeElement } = document;
    if (activeElement instanceof HTMLElement && isOf(target, activeElement) && !keepsFocus(activeElement)) activeElement.blur();
  };
  const onPress = (event: Event): void => {
    if (event instanceof MouseEvent && event.detail === 0 && event.type === 'click') return;
    // A press on a label focuses its control and then clicks it, too: the next key may come before any timer.
    if (event.type === 'click') giveBack(event.target);
    // What has the focus only after the event.
    setTimeout(() => giveBack(event.target));
  };
  const types = ['pointerup', 'click'];
  for (const type of types) window.addEventListener(type, onPress);
  return () => {
    for (const type of types) window.removeEventListener(type, onPress);
  };
};

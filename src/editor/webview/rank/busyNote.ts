import { element } from './element.ts';

/** Says what is being waited for. */
export function busyNote(text: string): HTMLElement {
  return element('div', { className: 'busy', role: 'status' }, element('vscode-progress-ring', {}), text);
}

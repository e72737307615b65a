import type { Workbench } from './workbench.ts';

/** Notes the ghost text of every frame from now on, as it was painted: VS Code draws in callbacks of the frame as well. */
export async function watchGhostText({ page }: Workbench): Promise<void> {
  await page.evaluate(watching);
}

/** The ghost texts that were on the screen since the watch began, each as often as it changed; '' for none. */
export async function ghostTextsSeen({ page }: Workbench): Promise<string[]> {
  return page.evaluate<string[]>('window.attuneGhostTexts');
}

/** Runs in the page, as text: what it uses is known there only. */
const watching = `(() => {
  const seen = (window.attuneGhostTexts = ['']);
  const textOf = (selector) =>
    [...document.querySelectorAll('.editor-instance .monaco-editor ' + selector)].map((node) => node.innerText);
  const look = () => {
    if (window.attuneGhostTexts !== seen) return;
    const line = textOf('.ghost-text-decoration').join('');
    const text = [line, ...textOf('.suggest-preview-text .view-line')].join('\\n').replaceAll('\\u00a0', ' ');
    if (text !== seen.at(-1)) seen.push(text);
    requestAnimationFrame(() => setTimeout(look));
  };
  look();
})()`;

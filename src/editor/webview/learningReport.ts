/*
 * The script of a learning report's page: draws its curves and, in the editor, shows who serves. The page
 * that the command line writes has the same script; nobody answers it there.
 */
import './l10n/readTexts.ts';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { plotSchema, type Plot } from '../../report/plots.ts';
import { toReportSchema, type FromReport, type ToReport } from '../learning/learningReportMessages.ts';
import { element } from './rank/element.ts';
import './report/learningReport.css';
import { drawingOf } from './report/drawing.ts';

for (const figure of document.querySelectorAll<HTMLElement>('figure[data-plot]')) {
  const drawing = figure.querySelector<HTMLElement>('.drawing');
  const seen = figure.querySelector<HTMLElement>('.seen');
  const { data: plot } = plotSchema.safeParse(JSON.parse(figure.dataset['plot'] ?? 'null'));
  if (drawing !== null && seen !== null && plot !== undefined) keepDrawn(plot, drawing, seen);
}
if (typeof acquireVsCodeApi === 'function') talkTo(acquireVsCodeApi());

/** Draws as wide as there is room, and again when room or colours change; `seen` tells what is under the pointer. */
function keepDrawn(plot: Plot, place: HTMLElement, seen: HTMLElement): void {
  const unpointed = seen.textContent;
  let drawn: uPlot | undefined;
  let drawnWidth = 0;
  const draw = (): void => {
    drawn?.destroy();
    drawn = undefined;
    drawnWidth = place.clientWidth;
    // Inside details that are closed there is no room yet.
    if (drawnWidth === 0) return;
    const { options, data, tell } = drawingOf(plot, drawnWidth);
    const setCursor = ({ cursor: { idx } }: uPlot): void => {
      seen.textContent = (typeof idx === 'number' && tell(idx)) || unpointed;
    };
    drawn = new uPlot({ ...options, hooks: { setCursor: [setCursor] } }, data, place);
  };
  new ResizeObserver(() => {
    if (place.clientWidth !== drawnWidth) draw();
  }).observe(place);
  new MutationObserver(draw).observe(document.body, { attributeFilter: ['class'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
}

function talkTo(vscode: WebviewApi): void {
  const send = (kind: FromReport['kind']): void => vscode.postMessage({ kind } satisfies FromReport);
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    const { data: message } = toReportSchema.safeParse(data);
    if (message !== undefined)
      document.querySelector('#actions')?.replaceChildren(...actionsOf(message, send));
  });
  send('ready');
}

function actionsOf({ sentence, button }: ToReport, send: (kind: FromReport['kind']) => void): HTMLElement[] {
  const text = element('span', {}, sentence);
  if (button === undefined) return [text];
  const pressed = element('button', { type: 'button' }, button.label);
  pressed.addEventListener('click', () => {
    pressed.disabled = true;
    send(button.action);
  });
  return [text, pressed];
}

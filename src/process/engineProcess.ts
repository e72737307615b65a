/*
 * The engine: a process that holds the model and writes completions. Its parent is the extension
 * host; a native crash or a long run here never stops typing there.
 */
import { EngineHost } from './engineHost.ts';
import { connectToParent } from './parent.ts';
import {
  complete,
  loadModel,
  loadProgress,
  servingChanged,
  useServingAdapter,
  writeAlternatives,
} from './protocol.ts';
import { sparingly } from './sparingly.ts';

const parent = connectToParent();
const host = new EngineHost((serving) => parent.notify(servingChanged, serving));
const onProgress = sparingly((progress) => parent.notify(loadProgress, progress), Date.now);

parent.answer(loadModel, (settings, signal) => host.load(settings, { signal, onProgress }));
parent.answer(useServingAdapter, (_, signal) => host.useServingAdapter(signal));
parent.answer(complete, (request, signal) => host.complete(request, signal));
parent.answer(writeAlternatives, (request, signal) => host.alternatives(request, signal));
parent.listen();

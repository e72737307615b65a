import { describe, expect, it, onTestFinished } from 'vitest';
import { loraLayout } from '../../../src/engine/model/lora.ts';
import { RandomStream } from '../../../src/engine/random.ts';
import { createOnnxSession } from '../../../src/engine/runtime/onnxSession.ts';
import { demonstrationOfText } from '../../../src/trainer/data/demonstrations.ts';
import { promptOf } from '../../../src/trainer/data/examples.ts';
import { textSequence } from '../../../src/trainer/data/exampleTokens.ts';
import { GraphSessions } from '../../../src/trainer/graphs/graphSessions.ts';
import {
  rewardTexts,
  scoreAgainstWritten,
  withWrittenTexts,
} from '../../../src/trainer/stages/rolloutRewards.ts';
import { newRewardTheta } from '../../../src/trainer/stages/rewardModel.ts';
import { cautiousReward } from '../../../src/trainer/stages/rewards.ts';
import { scoreHeads } from '../../../src/trainer/stages/scoring.ts';
import { FakeTokenizer } from '../../support/fakeTokenizer.ts';
import { tinyConfig, writeTinyModel } from '../../support/tinyModel.ts';
import { askedAt, demonstration } from '../feedbackRecords.ts';

const tokenizer = new FakeTokenizer({ hasFim: true });
const tokenisation = { tokenizer, maxPromptTokens: 32, maxNewTokens: 16 };
const prompt = promptOf(askedAt('a = █\n', 1));

describe('scoreAgainstWritten', () => {
  const cases: [what: string, offered: string, written: string, score: number][] = [
    ['all of it right', 'foo(bar)', 'foo(bar)', 0],
    ['silence', '', 'foo(bar)', -1],
    ['all of it wrong', 'wrong', 'right', -4 / 3],
    ['the first half right and nothing more', 'foo ', 'foo bar;', -1 / 2],
    ['right and then too much', 'foo bar;', 'foo ', (4 - 4 / 3) / 8 - 1],
    ['silence where nothing was written', '', '', -1],
  ];

  it.each(cases)('gives for %s what it is worth', (_, offered, written, score) => {
    expect(scoreAgainstWritten(offered, written)).toBeCloseTo(score, 12);
  });
});

describe('withWrittenTexts', () => {
  it('adds to each prompt the newest text that was written there', () => {
    const asked = askedAt('b = █\n', 2);
    const demonstrations = ['older;', 'newer;'].map((text) =>
      demonstrationOfText(demonstration(asked, text))!,
    );
    const known = withWrittenTexts([prompt, promptOf(asked)], demonstrations);
    expect(known).toEqual([prompt, { ...promptOf(asked), writtenText: 'newer;' }]);
    expect(known[0]).not.toHaveProperty('writtenText');
  });
});

describe('rewardTexts', () => {
  const noSessions = new GraphSessions(() => Promise.reject(new Error('no session is needed')));

  it('is the bias and what the written text says, where the reward model is not trusted', async () => {
    const sources = { sessions: noSessions, judge: undefined, rewardBias: 2, tokenisation };
    const written = { ...prompt, writtenText: 'foo;' };
    expect(await rewardTexts(written, ['foo;', ''], sources)).toEqual([2, 1]);
    expect(await rewardTexts(prompt, ['foo;', ''], sources)).toEqual([2, 2]);
  });

  it('is the reward model’s number and what the written text says, where it is trusted', async () => {
    const config = { ...tinyConfig, vocabularySize: tokenizer.vocabularySize };
    const { weights } = await writeTinyModel(config);
    const lora = { rank: 2, alpha: 4 };
    const layout = loraLayout(config, lora);
    const sessions = new GraphSessions((graph) =>
      createOnnxSession(graph, [weights], { purpose: 'train', threads: 1 }),
    );
    onTestFinished(() => sessions.dispose());
    const stream = RandomStream.named(1, 'theta');
    const sft = Float32Array.from({ length: layout.size }, () => 0.1 * stream.nextNormal());
    const policy = { config, lora, layout, precision: 'float32' as const };
    const judge = { ...newRewardTheta(policy, sft, { seed: 1, heads: 3 }), doubt: 0.5 };
    const sequences = ['foo;', ''].map((text) => textSequence(prompt, text, tokenisation));
    const [first, second] = (await scoreHeads(sessions, judge, sequences)).map((heads) =>
      cautiousReward(heads, 0.5),
    );
    const sources = { sessions, judge, rewardBias: 100, tokenisation };
    const rewards = await rewardTexts({ ...prompt, writtenText: 'foo;' }, ['foo;', ''], sources);
    expect(rewards).toEqual([first, second! - 1]);
  });
});

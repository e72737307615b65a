import { expect, it } from 'vitest';
import { Late } from '../../src/editor/late.ts';

it('makes it when it is first needed, and once', async () => {
  let times = 0;
  const late = new Late(() => Promise.resolve((times += 1)));
  expect([times, late.isNeeded, late.made]).toEqual([0, false, undefined]);
  const needed = late.get();
  expect([times, late.isNeeded, late.made]).toEqual([1, true, undefined]);
  expect([await needed, await late.get(), late.made]).toEqual([1, 1, 1]);
});

it('answers in the order in which it is asked, while it is made and afterwards', async () => {
  const late = new Late(() => Promise.resolve());
  const answered: number[] = [];
  const ask = (number: number) => late.get().then(() => answered.push(number));
  const before = [ask(1), ask(2)];
  await Promise.resolve();
  await Promise.all([...before, ask(3)]);
  await Promise.all([ask(4), ask(5)]);
  expect(answered).toEqual([1, 2, 3, 4, 5]);
});

it('tells everyone who needs it that it cannot be made', async () => {
  const late = new Late(() => Promise.reject(new Error('the file is gone')));
  await expect(late.get()).rejects.toThrow('the file is gone');
  await expect(late.get()).rejects.toThrow('the file is gone');
  expect(late.made).toBeUndefined();
});

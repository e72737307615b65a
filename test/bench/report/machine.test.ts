import { expect, it } from 'vitest';
import { describeMachine, machineText } from '../../../bench/report/machine.ts';

const machine = { ...describeMachine({ torch: '1.2' }), cores: 4 };

it('names the releases of what is measured', () => {
  expect(machineText({ ...machine, loadBefore: 0 })).toMatch(/4 cores.*\nNode v\d+.*, torch 1\.2$/);
});

it('warns when something else keeps the machine busy', () => {
  expect(machineText({ ...machine, loadBefore: 2 })).not.toContain('Warning');
  expect(machineText({ ...machine, loadBefore: 2.1 })).toContain('Warning: the machine is busy (load 2.1)');
});

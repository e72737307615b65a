import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder.ts';
import { attemptsIn } from '../vscode/traced.ts';

it('finds every attempt to reach somebody in a trace, and whose it was', () => {
  const file = join(temporaryFolder(), 'calls');
  writeFileSync(
    file,
    [
      '10    execve("/usr/bin/node", ["node", "server-main.js"], 0x7ffd /* 30 vars */) = 0',
      '10    clone3({flags=CLONE_VM|CLONE_THREAD}, 88) = 11',
      '10    vfork( <unfinished ...>',
      '12    execve("/usr/bin/node", ["node", "engine.mjs"], 0x7ffd /* 30 vars */) = 0',
      '10    <... vfork resumed>) = 12',
      '11    connect(20, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.2")}, 16) = 0',
      '12    connect(21, {sa_family=AF_UNIX, sun_path="/run/user/1/attune/engine"}, 110) = 0',
      '12    connect(22, {sa_family=AF_INET6, sin6_port=htons(443), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr)}, 28 <unfinished ...>',
      '13    sendto(9, "text", 4, 0, {sa_family=AF_INET, sin_addr=inet_addr("10.0.0.3")}, 16) = 4',
      '12    sendmsg(7, {msg_name=NULL, msg_namelen=0}, 0) = 4',
      '12    +++ exited with 0 +++',
    ].join('\n'),
  );
  const [server, engine] = ['server-main.js', 'engine.mjs'].map(
    (name) => expect.stringContaining(name) as string,
  );
  expect(attemptsIn(file)).toEqual([
    { program: server, address: '10.0.0.2' },
    { program: engine, address: 'unix' },
    { program: engine, address: '2001:db8::1' },
    { program: 'unknown', address: '10.0.0.3' },
  ]);
});

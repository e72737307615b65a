import { describe, expect, it } from 'vitest';
import type { CodeFile } from '../../../src/completion/prompt/relatedCode.ts';
import { ProjectTexts, type ProjectSource } from '../../../src/editor/typing/projectTexts.ts';

function fileOf(path: string, text: string): CodeFile {
  return { documentUri: `file:///project/${path}`, path, text };
}

const place = { documentUri: 'file:///project/main.ts', path: 'main.ts', documentText: '', suffix: '' };
const never = () => {
  throw new Error('Nothing is read yet, so nobody has to know the place.');
};
const others = ['x', 'y', 'z'].map((name) => fileOf(`${name}.ts`, `const ${name}123 = 1;`));
const tax = fileOf('tax.ts', 'const taxRate = 0.2;');

class Project {
  readonly problems: unknown[] = [];
  /** As the files are now. */
  readonly now = new Map<string, CodeFile>();
  readonly texts: ProjectTexts;
  reads = 0;
  readonly changed: string[] = [];
  forgotten = 0;

  constructor(source: Partial<ProjectSource> = {}) {
    this.texts = new ProjectTexts({
      readFiles: () => {
        this.reads++;
        return Promise.resolve([...others, tax]);
      },
      readFile: (documentUri) => Promise.resolve(this.now.get(documentUri)),
      mayShow: () => Promise.resolve(true),
      onChanged: ({ path }) => this.changed.push(path),
      onForgotten: () => this.forgotten++,
      onProblem: (problem) => this.problems.push(problem),
      ...source,
    });
  }

  relatedTo(prefix: string): string[] {
    const related = this.texts.relatedAt(() => ({ ...place, prefix }), 512);
    return related?.pieces.map(({ text }) => text) ?? [];
  }

  /** A file has another text by now. */
  change(file: CodeFile): Promise<void> {
    this.now.set(file.documentUri, file);
    return this.texts.follow(file.documentUri);
  }

  async open(): Promise<this> {
    this.relatedTo('');
    await this.texts.settled();
    return this;
  }
}

describe('ProjectTexts', () => {
  it('reads the files once, when a place first asks for them', async () => {
    const project = new Project();
    expect(project.reads).toBe(0);
    expect(project.texts.relatedAt(never, 512)).toBeUndefined();
    await project.open();
    expect(project.texts.relatedAt(() => ({ ...place, prefix: 'f(noSuchName' }), 512)).toEqual({
      path: 'main.ts',
      pieces: [],
    });
    expect(project.relatedTo('f(taxRate')).toEqual([tax.text]);
    expect(project.reads).toBe(1);
  });

  it('follows what is changed, renamed and deleted', async () => {
    const project = await new Project().open();
    await project.change({ ...tax, text: 'const dutyRate = 0.2;' });
    expect(project.relatedTo('f(taxRate')).toEqual([]);
    expect(project.relatedTo('f(dutyRate')).toEqual(['const dutyRate = 0.2;']);
    project.texts.forget(tax.documentUri);
    expect(project.relatedTo('f(dutyRate')).toEqual([]);
  });

  it('takes files in one behind the other, each as it is when its turn comes', async () => {
    const project = await new Project().open();
    const first = project.change({ ...tax, text: 'const dutyRate = 0.2;' });
    await Promise.all([first, project.change({ ...tax, text: 'const tollRate = 0.2;' })]);
    expect(project.relatedTo('f(tollRate')).toEqual(['const tollRate = 0.2;']);
    expect(project.relatedTo('f(dutyRate')).toEqual([]);
    project.now.clear();
    await project.texts.follow(tax.documentUri);
    expect(project.relatedTo('f(tollRate')).toEqual([]);
    expect(project.forgotten).toBe(1);
  });

  it('looks no further at a file whose text is what it was', async () => {
    let looks = 0;
    const mayShow = () => Promise.resolve(++looks > 0);
    const project = await new Project({ mayShow }).open();
    await project.change({ ...tax });
    expect(looks).toBe(0);
    expect(project.changed).toEqual([]);
    await project.change({ ...tax, text: 'const dutyRate = 0.2;' });
    expect(project.changed).toEqual(['tax.ts']);
  });

  it('tells when it has nothing of a file any more', async () => {
    let isShown = true;
    const project = await new Project({ mayShow: () => Promise.resolve(isShown) }).open();
    await project.change({ ...tax, text: 'const dutyRate = 0.2;' });
    expect(project.forgotten).toBe(0);
    await project.change({ ...tax, text: ' '.repeat(1_000_001) });
    expect(project.forgotten).toBe(1);
    isShown = false;
    await project.change(tax);
    expect(project.forgotten).toBe(1);
    await project.change(fileOf('x.ts', 'const x123 = "secret";'));
    expect(project.forgotten).toBe(2);
    project.texts.forget('file:///project/y.ts');
    project.texts.forget('file:///project/y.ts');
    expect(project.forgotten).toBe(3);
  });

  it('forgets a folder with all in it, and nothing beside it', async () => {
    const files = [fileOf('shop/tax.ts', tax.text), fileOf('shop2/tax.ts', tax.text), ...others];
    const project = await new Project({ readFiles: () => Promise.resolve(files) }).open();
    expect(project.relatedTo('f(taxRate')).toHaveLength(2);
    project.texts.forget('file:///project/shop');
    expect(project.relatedTo('f(taxRate')).toHaveLength(1);
  });

  it.each(['file:///project/tax.ts', 'file:///project/shop'])(
    'shows nothing of %s, which went while the files were read',
    async (gone) => {
      let readAll: (files: CodeFile[]) => void = () => undefined;
      const project = new Project({ readFiles: () => new Promise((resolve) => (readAll = resolve)) });
      const opened = project.open();
      project.texts.forget(gone);
      readAll([...others, tax, fileOf('shop/tax.ts', 'const taxRates = [0.2];')]);
      await opened;
      expect([...project.relatedTo('f(taxRate'), ...project.relatedTo('f(taxRates')]).toHaveLength(1);
    },
  );

  it('no longer shows a file that may not be shown as it is now, or where that cannot be told', async () => {
    for (const mayShow of [() => Promise.resolve(false), () => Promise.reject(new Error('no git'))]) {
      const project = await new Project({ mayShow }).open();
      await project.change({ ...tax, text: 'const taxRate = "secret";' });
      expect(project.relatedTo('f(taxRate')).toEqual([]);
    }
  });

  it('leaves out the oldest files of a project that is too large', async () => {
    const large = (path: string, name: string) => fileOf(path, `const ${name} = 1;\n${' '.repeat(400_000)}`);
    const files = [large('old.ts', 'oldName'), large('new.ts', 'newName'), large('newest.ts', 'newestName')];
    const project = await new Project({ readFiles: () => Promise.resolve([...files, ...others]) }).open();
    expect(project.relatedTo('oldName')).toEqual([]);
    expect(project.relatedTo('newestName')).toHaveLength(1);
    expect(project.relatedTo('newName')).toHaveLength(1);
  });

  it('says why files could not be read, and shows nothing', async () => {
    const problem = new Error('gone');
    const project = await new Project({ readFiles: () => Promise.reject(problem) }).open();
    expect(project.problems).toEqual([problem]);
    expect(project.relatedTo('f(taxRate')).toEqual([]);
  });
});

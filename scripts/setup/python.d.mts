export function findGoldenPython(): string | undefined;
export function bringGoldenPython(): Promise<string>;

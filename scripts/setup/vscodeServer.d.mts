export function findVsCodeServer(): string | undefined;
export function bringVsCodeServer(): Promise<void>;

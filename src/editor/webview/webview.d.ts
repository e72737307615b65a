declare module '*.css';

/** What VS Code gives to the script of a page. */
interface WebviewApi {
  postMessage(message: unknown): void;
}

declare function acquireVsCodeApi(): WebviewApi;

/*
 * ONNX Runtime's published builds for Linux and macOS report to Microsoft: they keep events and an
 * identifier in the user's cache folder from the first session on, and send them some half a minute later to
 * mobile.events.data.microsoft.com. These variables, set before that, keep them
 * from it wholly: no upload, no identifier on the disk. The second is the name that later versions have.
 */

/** The variables for a process that shall not report, children of ours included. */
export const noTelemetry = { ORT_DISABLE_TELEMETRY: '1', ORT_TELEMETRY_DISABLED: '1' } as const;

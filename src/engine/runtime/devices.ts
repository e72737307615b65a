/** Where a model can run, each in ONNX Runtime's words. */
export const devices = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const;

export type Device = (typeof devices)[number];

/** What the user chose; 'auto' leaves it to a test of speed and agreement. */
export type DeviceChoice = 'auto' | Device;

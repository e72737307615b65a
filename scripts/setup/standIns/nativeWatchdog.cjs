/**
 * In place of the native `@vscode/native-watchdog`, which ends an extension host that hangs after
 * its parent is gone. The extension host also asks once a second by itself; that is enough here.
 */
exports.start = () => {};
exports.exit = (code) => process.exit(code);

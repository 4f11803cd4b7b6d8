/**
 * Node prints an error that nobody caught with everything that hangs on it, a request with its key and a body with its people
 * included, and puts the environment into its diagnostic reports. Here such an error is told like any other that ends a run.
 */
export const guardCrashes = (explain: (error: unknown) => Promise<number>): void => {
  process.report.excludeEnv = true;
  // What Node calls an unhandled rejection arrives here as well.
  process.once('uncaughtException', (error) => {
    // A second one, while the first is being told, only ends the process.
    process.on('uncaughtException', () => process.exit(1));
    explain(error).then(
      (code) => process.exit(code),
      () => process.exit(1),
    );
  });
};

// The version of Kith, shown by `--version`, the ready line and the API. A test keeps it equal to package.json.

export const VERSION = '1.0.0';

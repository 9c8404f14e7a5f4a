// The version of Kith, as `--version`, the ready line and the API say it; a test keeps it equal to package.json.

export const VERSION = '1.0.0';

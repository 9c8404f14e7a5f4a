// Compiles texts in memory as if they were files in a folder of the project, with the compiler settings of that folder.

import { dirname, join } from 'node:path';
import ts from 'typescript';

/**
 * The compiler errors of each text, in order; empty if it compiles. `folder` must have a tsconfig.json.
 */
export function compileIn(root: string, folder: string, texts: readonly string[]): string[][] {
  const config = readConfig(join(root, folder, 'tsconfig.json'));
  const planted = new Map(texts.map((text, at) => [join(root, folder, `planted-${at}.ts`), text]));
  const host = hostWith(planted, config.options);
  const declarations = config.fileNames.filter((name) => name.endsWith('.d.ts'));
  const program = ts.createProgram([...planted.keys(), ...declarations], config.options, host);
  return [...planted.keys()].map((path) => messagesFor(program, path));
}

function readConfig(path: string): ts.ParsedCommandLine {
  const { config } = ts.readConfigFile(path, (name) => ts.sys.readFile(name)) as { config: object };
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, dirname(path));
  return {
    ...parsed,
    options: { ...parsed.options, noEmit: true, composite: false, incremental: false, isolatedModules: false },
  };
}

function hostWith(planted: ReadonlyMap<string, string>, options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  host.readFile = (path) => planted.get(path) ?? ts.sys.readFile(path);
  host.fileExists = (path) => planted.has(path) || ts.sys.fileExists(path);
  return host;
}

function messagesFor(program: ts.Program, path: string): string[] {
  const file = program.getSourceFile(path);
  const found = [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

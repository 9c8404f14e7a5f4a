// What only types can show: promises without an await, cases without a branch. Sizes, layers and bans are in test/tidy.

import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { plainBytesRule } from './scripts/eslint/plain-bytes-rule.mjs';

const knownSafeCalls = ['test', 'it', 'describe', 'suite', 'before', 'after', 'beforeEach', 'afterEach'];

const typeAware = {
  files: ['**/*.{ts,tsx}'],
  extends: [tseslint.configs.recommendedTypeChecked],
  languageOptions: { parserOptions: { project: ['./tsconfig.lint.json'], tsconfigRootDir: import.meta.dirname } },
  rules: {
    '@typescript-eslint/no-floating-promises': [
      'error',
      { allowForKnownSafeCalls: [{ from: 'package', package: 'node:test', name: knownSafeCalls }] },
    ],
    '@typescript-eslint/no-misused-promises': 'error',
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    '@typescript-eslint/no-non-null-assertion': 'error',
    '@typescript-eslint/return-await': 'error',
    // A method of an interface may be asynchronous for one implementation and not for another.
    '@typescript-eslint/require-await': 'off',
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
  },
};

const everywhere = {
  files: ['**/*.{ts,tsx,mjs,js}'],
  rules: {
    eqeqeq: 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'no-empty': 'error',
    'no-fallthrough': 'error',
    'no-shadow-restricted-names': 'error',
    'no-self-compare': 'error',
    'no-unreachable': 'error',
    'no-unsafe-finally': 'error',
    'no-unused-expressions': 'error',
    'no-constructor-return': 'error',
  },
};

/** Tests and benchmarks speak to Node's own interfaces, whose bytes are Buffers. */
const plainBytes = {
  files: ['**/*.{ts,tsx}'],
  ignores: ['test/**', 'bench/**', 'protocols/kit/bytes.ts'],
  plugins: { kith: { rules: { 'plain-bytes': plainBytesRule } } },
  rules: { 'kith/plain-bytes': 'error' },
};

export default defineConfig({ ignores: ['dist/', 'node_modules/', 'data/'] }, everywhere, typeAware, plainBytes);

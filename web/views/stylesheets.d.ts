// Lets the compiler accept imports of stylesheets, which the bundler reads.

declare module '*.css';

import { expect, it } from 'vitest';
import { contentSecurityPolicy } from './content-security-policy.ts';

const directives = (policy: string): Map<string, string> =>
  new Map(policy.split('; ').map((part) => [part.slice(0, part.indexOf(' ')), part.slice(part.indexOf(' ') + 1)] as const));

it('allows the app itself and nothing else', () => {
  expect(Object.fromEntries(directives(contentSecurityPolicy()))).toEqual({
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' data: blob:",
    'media-src': "'self' blob:",
    'connect-src': "'self'",
    'font-src': "'self'",
    'worker-src': "'self'",
    'object-src': "'none'",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
    'frame-src': "'none'",
    'require-trusted-types-for': "'script'",
    'trusted-types': "'none'",
  });
});

it('never allows inline code, evaluated code or a wildcard', () => {
  const policy = contentSecurityPolicy({ connect: ['ws://127.0.0.1:1'], media: ['app-media:'] });
  expect(policy).not.toMatch(/unsafe|\*|https?:/);
  expect(directives(policy).get('connect-src')).toBe("'self' ws://127.0.0.1:1");
});

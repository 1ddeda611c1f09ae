import { describe, expect, it } from 'vitest';
import { identifierProblems } from './resource-identifier.js';

const problems = (value: unknown) =>
  identifierProblems('resource', value).map(({ problem, remedy }) => `${problem} ${remedy}`);

describe('identifierProblems', () => {
  it.each([
    'https://mcp.example.com/mcp',
    'https://mcp.example.com',
    'https://mcp.example.com:8443/public/mcp',
    'http://127.0.0.1:3000/mcp',
    'http://localhost:3000/mcp',
    'http://[::1]:3000/mcp',
  ])('accepts %s', (value) => {
    expect(problems(value)).toEqual([]);
  });

  const url = 'Pass the public URL, such as "https://mcp.example.com/mcp".';
  it.each([
    [
      'http://mcp.example.com/mcp',
      [`must use HTTPS unless it is on loopback; got "http:". ${url}`],
    ],
    [
      'http://127.0.0.1.evil.example/mcp',
      [`must use HTTPS unless it is on loopback; got "http:". ${url}`],
    ],
    ['ftp://127.0.0.1/mcp', [`must use HTTPS unless it is on loopback; got "ftp:". ${url}`]],
    ['https://me:pass@mcp.example.com/mcp', [`must not hold a user name or a password. ${url}`]],
    ['https://mcp.example.com/mcp#top', [`must have neither a query nor a fragment. ${url}`]],
    ['https://mcp.example.com/mcp?', [`must have neither a query nor a fragment. ${url}`]],
    ['/mcp', [`must be an absolute URL; got "/mcp". ${url}`]],
    [undefined, [`must be an absolute URL; got undefined. ${url}`]],
    [
      'http://me@mcp.example.com/mcp?x',
      [
        `must use HTTPS unless it is on loopback; got "http:". ${url}`,
        `must not hold a user name or a password. ${url}`,
        `must have neither a query nor a fragment. ${url}`,
      ],
    ],
  ])('refuses %s (RS-15)', (value, expected) => {
    expect(problems(value)).toEqual(expected);
  });

  it.each([
    ['HTTPS://MCP.Example.com/mcp', 'https://mcp.example.com/mcp'],
    ['https://mcp.example.com:443/mcp', 'https://mcp.example.com/mcp'],
    ['https://mcp.example.com/a/../mcp', 'https://mcp.example.com/mcp'],
  ])('asks for the canonical form of %s (RS-13)', (value, canonical) => {
    expect(problems(value)).toEqual([
      `must be in canonical form; got "${value}". Write "${canonical}".`,
    ]);
  });
});

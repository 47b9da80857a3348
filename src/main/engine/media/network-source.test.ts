/** How ffmpeg is told of an address: nothing secret among its arguments, and no address that says more than where. */
import { expect, it } from 'vitest';
import { shownAddress, withoutSecrets } from '../../common/shown-address.ts';
import { fileAtAddress, networkInput } from './network-source.ts';

it.each(['rtsp://host:554/cam', 'http://host/list.m3u8?quality=high', 'rtmp://host/live/a', 'srt://host:9000?mode=caller'])(
  '%s, which holds no secret, is an argument',
  (url) => {
    const { args, stdin } = networkInput(url, { fpsprobesize: '0' }, ['-re']);
    expect(args.slice(-3)).toEqual(['-re', '-i', url]);
    expect(args.join(' ')).toMatch(/^-protocol_whitelist http,.* -(rw_)?timeout 15000000 .*-fpsprobesize 0/);
    expect(args[1]!.split(',')).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(file|pipe|concat|subfile|data)$/)]));
    expect(stdin).toBeNull();
  },
);

it.each([
  ['rtsp://anna:hush@host/cam', 'option rtsp_transport tcp\noption timeout 15000000\noption fpsprobesize 0'],
  ['rtsp://hush@host/cam', 'option rtsp_transport tcp'],
  ['http://anna:p@hush@host/list.m3u8', 'option rw_timeout 15000000'],
  ['srt://host:9000?mode=caller&passphrase=hush', 'option rw_timeout 15000000'],
  ['https://host/live.m3u8?X-Amz-Signature=hush', 'option rw_timeout 15000000'],
  ['https://host/live.m3u8?api_key=hush#a', 'option rw_timeout 15000000'],
])('%s is read from the standard input alone', (url, options) => {
  const { args, stdin } = networkInput(url, { fpsprobesize: '0' });
  expect(args.join(' ')).toMatch(/^-protocol_whitelist pipe,http\S* -f concat .*-i pipe:0$/);
  expect(args.join(' ')).not.toMatch(/hush|,file\b/);
  expect(stdin).toContain(`file '${url}'\n${options}`);
  const length = fileAtAddress(url);
  expect([length.args.join(' ').includes('hush'), length.stdin]).toEqual([false, `'${url}'\n`]);
  for (const shown of [shownAddress(url), withoutSecrets(`Impossible to open '${url}': x`)]) expect(shown).not.toContain('hush');
});

it('an address can not end its line, or add another', () => {
  const { stdin } = networkInput("rtsp://a:b@host/it's\nfile '/etc/passwd'");
  expect(stdin!.split('\n').filter((line) => line.startsWith('file '))).toEqual([
    String.raw`file 'rtsp://a:b@host/it'\''s%0Afile '\''/etc/passwd'\'''`,
  ]);
});

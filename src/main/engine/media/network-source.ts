/** Addresses: which are opened, and how ffmpeg is told to. */

/** Schemes of addresses a user may open. Everything ffmpeg opens from there is one of {@link networkProtocols}: never a file. */
const schemes = /^(https?|rtsps?|rtmps?|srt):\/\//i;
const networkProtocols = 'http,https,httpproxy,tcp,tls,crypto,rtp,udp,rtsp,rtmp,rtmps,srt';
/** A server that says nothing for so long is gone, microseconds. */
const silenceUs = 15_000_000;

export const isNetworkAddress = (text: string): boolean => schemes.test(text);

/** Arguments that open an address as input, and nothing but what it leads to over the network. `before` holds input options. */
export const networkArgs = (url: string, before: readonly string[] = []): string[] => {
  const isRtsp = /^rtsps?:/i.test(url);
  return [
    '-protocol_whitelist',
    networkProtocols,
    ...(isRtsp ? ['-rtsp_transport', 'tcp', '-timeout', String(silenceUs)] : ['-rw_timeout', String(silenceUs)]),
    ...before,
    '-i',
    url,
  ];
};

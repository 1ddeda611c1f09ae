import {
  AppBridge,
  type McpUiHostCapabilities,
  PostMessageTransport,
} from '@modelcontextprotocol/ext-apps/app-bridge';

/** The official host side of MCP Apps, around a view in a sandbox without an origin, as hosts run it. */
declare global {
  interface Window {
    host: {
      /** What the view asked of the host, in order. */
      readonly calls: { readonly name: string; readonly arguments: unknown }[];
      readonly sizes: {
        readonly width?: number | undefined;
        readonly height?: number | undefined;
      }[];
      open(html: string, capabilities: McpUiHostCapabilities): Promise<void>;
      result(args: Record<string, unknown>, result: unknown): Promise<void>;
      cancel(): Promise<void>;
      theme(theme: 'light' | 'dark'): Promise<void>;
      teardown(): Promise<unknown>;
    };
  }
}

const calls: Window['host']['calls'] = [];
const sizes: Window['host']['sizes'] = [];
let bridge: AppBridge;
let latest: unknown;

window.host = {
  calls,
  sizes,
  async open(html, capabilities) {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts');
    frame.title = 'view';
    document.body.append(frame);
    const policy = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'";
    const { contentWindow } = frame;
    if (!contentWindow) throw new Error('The frame has no window.');
    bridge = new AppBridge(null, { name: 'host', version: '1.0.0' }, capabilities, {
      hostContext: { theme: 'light' },
    });
    bridge.oncalltool = async ({ name, arguments: args }) => {
      calls.push({ name, arguments: args });
      return latest as never;
    };
    bridge.onsizechange = (size) => void sizes.push(size);
    const ready = new Promise<void>((resolve) => {
      bridge.oninitialized = () => resolve();
    });
    await bridge.connect(new PostMessageTransport(contentWindow, contentWindow));
    frame.srcdoc = html.replace(
      '<head>',
      `<head><meta http-equiv="Content-Security-Policy" content="${policy}">`,
    );
    await ready;
  },
  async result(args, result) {
    latest = result;
    await bridge.sendToolInput({ arguments: args });
    await bridge.sendToolResult(result as never);
  },
  cancel: () => bridge.sendToolCancelled({}),
  async theme(theme) {
    bridge.setHostContext({ theme });
  },
  teardown: () => bridge.teardownResource({}),
};

/** Starts the window: finds its host, connects, and shows the app. */
import './app/without-eval.ts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import type { DesktopBridge } from '../shared/desktop-bridge.ts';
import { App } from './app/app.tsx';
import { AppModelProvider } from './app/app-context.ts';
import { type AppModelOptions, createAppModel } from './app/app-model.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/print.css';
import { BridgeTransport } from './transport/bridge.ts';
import { createClient } from './transport/client.ts';
import { isPageServed, socketUrl, takeToken, WebSocketTransport } from './transport/websocket.ts';

declare global {
  interface Window {
    sam2?: DesktopBridge;
  }
}

const findHost = (): AppModelOptions => {
  const desktop = window.sam2 ?? null;
  if (desktop) return { client: createClient(new BridgeTransport(desktop)), desktop, fileUrl: (url) => url };
  const token = takeToken(location, history, sessionStorage);
  const fileUrl = (url: string): string => {
    const address = new URL(url, location.href);
    address.searchParams.set('token', token);
    return address.href;
  };
  return { client: createClient(new WebSocketTransport(socketUrl(location, token), () => isPageServed(location))), desktop: null, fileUrl };
};

const model = createAppModel(findHost());
createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <AppModelProvider value={model}>
      <App />
    </AppModelProvider>
  </StrictMode>,
);

/** Says when the engine or the connection is not there, and what happens about it. */
import { LoaderCircle, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { useApp, useAppState } from '../../app/app-context.ts';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/cx.ts';
import styles from './notices.module.css';
import { noticeText } from './strings.ts';

export const EngineBanner = () => {
  const { client, attempt } = useApp();
  const link = useAppState((s) => s.link);
  const hasHost = useAppState((s) => s.host !== null);
  const engineState = useAppState((s) => s.host?.engine.state ?? 'starting');
  const message = useAppState((s) => s.host?.engine.message ?? null);
  const loading = useAppState((s) => s.host?.models.loading?.name ?? null);
  if (link !== 'open') {
    if (link === 'refused') return <Banner isFailed text={noticeText.refused} />;
    if (!hasHost && link === 'connecting') return null;
    return <Banner isFailed={false} text={hasHost ? noticeText.lost : noticeText.unanswered} />;
  }
  if (!hasHost || engineState === 'ready') return null;
  if (engineState === 'failed')
    return (
      <Banner isFailed text={message ?? noticeText.failed}>
        <Button size="small" onClick={() => void attempt(client.call('app.restartEngine', {}))}>
          {noticeText.startAgain}
        </Button>
      </Banner>
    );
  const untold = engineState === 'starting' ? noticeText.starting : noticeText.restarting;
  return <Banner isFailed={false} text={message ?? (loading === null ? untold : noticeText.loading(loading))} />;
};

const Banner = ({ text, isFailed, children }: { text: string; isFailed: boolean; children?: ReactNode }) => (
  <p className={cx(styles.banner, isFailed && styles.bannerFailed)} role={isFailed ? 'alert' : 'status'}>
    {isFailed ? <TriangleAlert size={15} className={styles.icon} /> : <LoaderCircle size={15} className={cx(styles.icon, styles.spin)} />}
    <span>{text}</span>
    {children}
  </p>
);

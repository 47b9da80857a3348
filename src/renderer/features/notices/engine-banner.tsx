/** Says when the engine or the connection is not there, and what happens about it. */
import { LoaderCircle, TriangleAlert } from 'lucide-react';
import { useAppState } from '../../app/app-context.ts';
import { cx } from '../../ui/cx.ts';
import styles from './notices.module.css';
import { noticeText } from './strings.ts';

export const EngineBanner = () => {
  const link = useAppState((s) => s.link);
  const hasHost = useAppState((s) => s.host !== null);
  const engineState = useAppState((s) => s.host?.engine.state ?? 'starting');
  const message = useAppState((s) => s.host?.engine.message ?? null);
  if (link !== 'open') {
    if (!hasHost && link === 'connecting') return null;
    return <Banner isFailed={false} text={hasHost ? noticeText.lost : noticeText.unanswered} />;
  }
  if (!hasHost || engineState === 'ready') return null;
  if (engineState === 'failed') return <Banner isFailed text={message ?? noticeText.failed} />;
  return <Banner isFailed={false} text={message ?? (engineState === 'starting' ? noticeText.starting : noticeText.restarting)} />;
};

const Banner = ({ text, isFailed }: { text: string; isFailed: boolean }) => (
  <p className={cx(styles.banner, isFailed && styles.bannerFailed)} role={isFailed ? 'alert' : 'status'}>
    {isFailed ? <TriangleAlert size={15} className={styles.icon} /> : <LoaderCircle size={15} className={cx(styles.icon, styles.spin)} />}
    {text}
  </p>
);

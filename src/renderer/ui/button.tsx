/** Buttons: plain ones, and those that give a command and take their tooltip, shortcut and availability from it. */
import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { type CommandId, commands } from '../../shared/commands.ts';
import { useApp, useCommandEnabled, useShortcut } from '../app/app-context.ts';
import styles from './button.module.css';
import { cx } from './cx.ts';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: 'default' | 'primary' | 'ghost' | 'danger';
  size?: 'small' | 'default' | 'large';
  /** Only an icon inside: square, and `label` names it. */
  isIcon?: boolean;
  isPressed?: boolean | undefined;
  label?: string;
  /** A dialog that opens gives this control the focus. */
  'data-autofocus'?: boolean;
}

export const buttonClass = ({ variant = 'default', size = 'default', isIcon = false, isPressed = false, className }: ButtonProps): string =>
  cx(
    styles.button,
    variant !== 'default' && styles[variant],
    size !== 'default' && styles[size],
    isIcon && styles.icon,
    isPressed && styles.pressed,
    className,
  );

export const Button = ({ variant, size, isIcon, isPressed, label, className, ...rest }: ButtonProps) => (
  <button
    type="button"
    title={label}
    aria-label={label}
    aria-pressed={isPressed}
    {...rest}
    className={buttonClass({
      ...(variant && { variant }),
      ...(size && { size }),
      ...(isIcon && { isIcon }),
      isPressed,
      ...(className && { className }),
    })}
  />
);

export interface CommandButtonProps extends Omit<ButtonProps, 'label' | 'onClick'> {
  command: CommandId;
  /** What is read out and shown on hovering, when it is not the command's own label. */
  label?: string;
  children: ReactNode;
}

export const CommandButton = ({ command, label = commands[command].label, disabled, children, ...rest }: CommandButtonProps) => {
  const { run } = useApp();
  const isEnabled = useCommandEnabled(command);
  const shortcut = useShortcut(command);
  return (
    <Button
      {...rest}
      aria-label={label}
      title={shortcut ? `${label}  (${shortcut})` : label}
      aria-keyshortcuts={shortcut ?? undefined}
      disabled={!isEnabled || disabled}
      onClick={() => run(command)}
    >
      {children}
    </Button>
  );
};

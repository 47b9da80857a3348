/** Why what a form asked for was refused, read out as it comes. */
export const FormError = ({ text, className }: { text: string | null; className?: string | undefined }) =>
  text === null ? null : (
    <p className={className} role="alert">
      {text}
    </p>
  );

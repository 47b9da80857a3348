/** A form that asks the host for something: one request at a time, and why it was refused. */
import { type FormEvent, useState } from 'react';
import { AppError } from '../../shared/errors.ts';

interface Submit {
  /** Of the last request; null while there is none to tell. */
  error: string | null;
  isBusy: boolean;
  onSubmit: (event: FormEvent) => void;
}

export const useSubmit = (request: () => Promise<unknown>): Submit => {
  const [error, setError] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (): Promise<void> => {
    setIsBusy(true);
    setError(null);
    try {
      await request();
    } catch (failure) {
      setError(AppError.from(failure).message);
    } finally {
      setIsBusy(false);
    }
  };
  return {
    error,
    isBusy,
    onSubmit: (event) => {
      event.preventDefault();
      void submit();
    },
  };
};

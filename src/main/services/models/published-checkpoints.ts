/**
 * sha256 of Meta's SAM 2.1 checkpoints of 2024-09-28. dl.fbaipublicfiles.com itself publishes none; these are those of
 * the same files (name and size) in Meta's repositories facebook/sam2.1-hiera-* on Hugging Face.
 */
const published: Readonly<Record<string, string>> = {
  'sam2.1_hiera_tiny.pt': '7402e0d864fa82708a20fbd15bc84245c2f26dff0eb43a4b5b93452deb34be69',
  'sam2.1_hiera_small.pt': '6d1aa6f30de5c92224f8172114de081d104bbd23dd9dc5c58996f0cad5dc4d38',
  'sam2.1_hiera_base_plus.pt': 'a2345aede8715ab1d5d31b4a509fb160c5a4af1970f199d9054ccfb746c004c5',
  'sam2.1_hiera_large.pt': '2647878d5dfa5098f2f8649825738a9345572bae2d4350a2468587ece47dd318',
};

/** null where nobody published one. */
export const publishedSha256 = (file: string): string | null => published[file] ?? null;

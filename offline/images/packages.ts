/** Debian packages that building images without Docker takes, each with a program by which it is known to be there. */
export const PACKAGES: readonly { readonly name: string; readonly provides: string }[] = [
  { name: "buildah", provides: "buildah" },
  { name: "debootstrap", provides: "debootstrap" },
  { name: "debian-archive-keyring", provides: "/usr/share/keyrings/debian-archive-keyring.gpg" },
  { name: "containerd", provides: "ctr" },
];

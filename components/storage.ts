/** A volume of a pod. */
export interface Storage {
  /** Its size, such as `10Gi`. May grow where the storage class can; never shrinks. */
  readonly size: string;
  /** Storage class. @default that of the cluster. Changing it does not move data that is there. */
  readonly storageClass?: string;
}

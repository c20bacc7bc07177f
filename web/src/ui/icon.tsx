const PATHS = {
  check: "M4 10.5 8.2 15 16 5.5",
  cross: "M5 5l10 10M15 5 5 15",
  dot: "M10 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  warn: "M10 3.500 17 16H3zM10 8.500v3.200M10 13.700v.1",
  copy: "M7 7V4.5h9V13h-2.5M4 7h9v9H4z",
  down: "M10 3.5v9M6 9l4 4 4-4M4 16.5h12",
  link: "M8.5 11.5a3 3 0 0 0 4.3 0l2.7-2.7a3 3 0 0 0-4.3-4.3L10 5.7M11.5 8.5a3 3 0 0 0-4.3 0l-2.7 2.7a3 3 0 0 0 4.3 4.3l1.2-1.2",
  plus: "M10 4v12M4 10h12",
  arrow: "M4 10h12M11 5l5 5-5 5",
  sun: "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7M10 2v1.5M10 16.500v1.500M2 10h1.500M16.500 10H18M4.300 4.300l1.100 1.100M14.600 14.600l1.100 1.100M4.300 15.700l1.100-1.100M14.600 5.400l1.100-1.100",
  moon: "M16 12.200A6.500 6.500 0 0 1 7.800 4a6.500 6.500 0 1 0 8.200 8.200z",
  auto: "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14M10 3v14M10 6.500a3.500 3.500 0 0 1 0 7",
  file: "M5.500 3h6l3 3v11h-9zM11.500 3v3h3",
  upload: "M10 13V4M6.500 7.500 10 4l3.500 3.500M4 13v3.500h12V13",
  wand: "M4 16l8-8M13.500 3v3M12 4.500h3M16 8.500v2M15 9.500h2M7 4v2M6 5h2",
} as const;

/** A decorative icon, hidden from screen readers. */
export function Icon({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

declare module "virtual:pages.css";

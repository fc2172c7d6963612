import { createBrowserRouter, Navigate, useRouteError } from "react-router";

import { Frame } from "@/app/Frame";
import { NotFound, Trouble } from "@/kit/Trouble";
import { SignIn } from "@/rooms/identity/SignIn";

function Fallen() {
  return <Trouble error={useRouteError()} retry={() => location.reload()} />;
}

/** Which page shows at which address; pages load when they are first visited. */
export function createRouter() {
  return createBrowserRouter([
    { path: "/sign-in", element: <SignIn />, errorElement: <Fallen /> },
    {
      path: "/",
      element: <Frame />,
      errorElement: <Fallen />,
      hydrateFallbackElement: <></>,
      children: [
        {
          errorElement: <Fallen />,
          children: [
            { index: true, element: <Navigate to="/overview" replace /> },
            {
              path: "overview",
              lazy: async () => ({ Component: (await import("@/rooms/overview/Overview")).Overview }),
            },
            {
              path: "send-tasks",
              lazy: async () => ({ Component: (await import("@/rooms/campaigns/SendTaskList")).SendTaskList }),
            },
            {
              path: "send-tasks/:taskId",
              lazy: async () => ({ Component: (await import("@/rooms/campaigns/SendTaskDetails")).SendTaskDetails }),
            },
            {
              path: "reviews",
              lazy: async () => ({ Component: (await import("@/rooms/reviews/ReviewQueue")).ReviewQueue }),
            },
            { path: "*", element: <NotFound /> },
          ],
        },
      ],
    },
  ]);
}
